"""Demo keys of the simulated companies. They open nothing outside this machine."""

STRIPE_SECRET_KEY = "sk_test_demo_drypowder_sandbox"
STRIPE_ACCOUNT_WEBHOOK_SECRET = "whsec_demo_account_endpoint"
STRIPE_CONNECT_WEBHOOK_SECRET = "whsec_demo_connect_endpoint"

PLAID_CLIENT_ID = "demo-plaid-client"
PLAID_SECRET = "demo-plaid-secret"
PLAID_WEBHOOK_KEY_ID = "demo-webhook-key-1"
# The private scalar of a P-256 key that signs the simulated bank link's webhooks.
PLAID_WEBHOOK_PRIVATE_KEY = 0x6D0E5D1B0C2F4A7798A3B1C4D5E6F708192A3B4C5D6E7F8091A2B3C4D5E6F701

SPRUCE_KEY = "demo-spruce-key"
