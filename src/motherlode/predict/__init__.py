"""What customers will do next: order histories come in; fitted models of repeat buying, and for each customer the
probability to be still a customer, expected orders and lifetime value go out.

Histories are summed up by the warehouse; likelihoods read each distinct history once, with the number of customers
that share it.
"""
