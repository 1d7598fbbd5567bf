"""One play a file: a function that names the customers it suits, what it may bring, what it costs, and why them."""
