"""The GitHub streams, in the order in which pages list them."""

from integrations.connectors.github.streams.organization import STREAM as ORGANIZATION
from integrations.connectors.github.streams.people import STREAM as PEOPLE
from integrations.connectors.github.streams.protection import STREAM as PROTECTION
from integrations.connectors.github.streams.repositories import STREAM as REPOSITORIES

STREAMS = (ORGANIZATION, PEOPLE, REPOSITORIES, PROTECTION)
