"""The steps of allauth that we use, under the names that allauth looks up."""

from __future__ import annotations

from allauth.account.views import (
    EmailVerificationSentView,
    PasswordResetDoneView,
    PasswordResetFromKeyDoneView,
)
from django.urls import path, re_path

from accounts.pages import sign_in

urlpatterns = [
    path("sign-in/", sign_in.SignInView.as_view(), name="account_login"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("sign-up/", sign_in.SignUpView.as_view(), name="account_signup"),
    path("inactive/", sign_in.inactive, name="account_inactive"),
    path("code/", sign_in.SecondFactorView.as_view(), name="mfa_authenticate"),
    path("verify/", EmailVerificationSentView.as_view(), name="account_email_verification_sent"),
    re_path(r"^verify/(?P<key>[-:\w]+)/$", sign_in.VerifyView.as_view(), name="account_confirm_email"),
    path("reset/", sign_in.ResetView.as_view(), name="account_reset_password"),
    path("reset/sent/", PasswordResetDoneView.as_view(), name="account_reset_password_done"),
    path("reset/done/", PasswordResetFromKeyDoneView.as_view(), name="account_reset_password_from_key_done"),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        sign_in.NewPasswordView.as_view(),
        name="account_reset_password_from_key",
    ),
]
