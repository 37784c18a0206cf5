"""What holds for all tests."""

from hypothesis import settings

# A test that fails because another program had the processor tells nothing about ours.
settings.register_profile("moit-news", deadline=None)
settings.load_profile("moit-news")
