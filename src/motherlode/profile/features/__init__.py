"""Single figures about a customer, a column of `profile.features` each, grouped by idea; each reads one table."""
