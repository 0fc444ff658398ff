"""Front door of the deployed product: creates the Chalice app and registers its blueprints."""

from chalice.app import Chalice

from chalicelib.entrypoints.registry import BLUEPRINTS

app = Chalice(app_name="drypowder")
for blueprint in BLUEPRINTS:
    app.register_blueprint(blueprint)
