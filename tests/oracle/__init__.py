"""An independent reading of the contract, shared with no part of the product: what the product must come to."""
