"""Runs Offramp beside nginx, HAProxy, hitch and stunnel on one machine and compares what they cost. Entry:
bench/side-by-side."""
