"""The maker of the sample filings, and the answers that reading them must give. Shares no code with generator/."""
