"""The whole job on loopback, told as it happens. Reaches the product only by its command line, IMAP and SMTP."""
