"""The whole exchange: every order type, both position modes, partial fills, stops of their own service."""
