//! The services over real requests, a real store and simulated instances.
