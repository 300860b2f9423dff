"""Addresses of the accounts room below `/account/`, in the namespace `accounts`.

`organizations.account_urls` adds founding and accepting, which need an
organization; the names that allauth itself looks up are in `allauth_urls`.
"""

from __future__ import annotations

from django.urls import path

from accounts.pages import home, mail, preferences, security, sessions, sign_in

app_name = "accounts"

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.SignInView.as_view(), name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("start-again/", sign_in.start_again, name="start-again"),
    path("second-factor/", home.second_factor, name="second-factor"),
    path("security/", security.security, name="security"),
    path("security/password/", security.change_password, name="change-password"),
    path("security/authenticator/", security.add_authenticator, name="add-authenticator"),
    path("security/authenticator/remove/", security.remove_authenticator, name="remove-authenticator"),
    path("security/recovery-codes/", security.recovery_codes, name="recovery-codes"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/others/", sessions.revoke_others, name="revoke-others"),
    path("sessions/<uuid:session_id>/", sessions.revoke, name="revoke-session"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("mail/", mail.mail, name="mail"),
]
