"""web: feeds, subscriptions and the preview over HTTP."""
