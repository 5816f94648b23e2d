"""The page that shows the journey."""


def write(world, journey, told):
    pass
