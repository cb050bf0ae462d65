"""Files of a tenant: kept under the hash of their content, named by a row, served so that no browser runs them."""
