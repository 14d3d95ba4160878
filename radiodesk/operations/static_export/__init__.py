"""The public record as plain files, which any web host serves and a USB stick carries."""
