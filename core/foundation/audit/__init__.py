"""What was changed by whom, written in the transaction that changes it; and the keys by which a repeated form is known."""
