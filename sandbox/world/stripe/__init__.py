"""The simulated processor: a pure core (`StripeWorld`) and two thin shells, HTTP and in-process."""
