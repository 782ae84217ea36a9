"""The archive for assistants: tools by the Model Context Protocol, read only, answers bounded."""
