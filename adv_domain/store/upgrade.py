"""How is a database created or brought to this version's schema?"""

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from adv_domain.store.engine import rebuilding


def upgrade(engine: Engine) -> None:
    """Run the migrations that the database lacks, in one transaction."""
    config = Config()
    config.set_main_option("script_location", "adv_domain.store:migrations")
    with rebuilding(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
