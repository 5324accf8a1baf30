"""Documents inside messages: HTML, RTF, XML and CDA, plain text, as leaves with byte ranges like the messages' own."""
