"""What a referral is, what is owed, who may do what. No platform, no HTTP, no SQL."""
