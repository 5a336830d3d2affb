"""Prints each function's bindings by name, as the app is indexed under this process's environment."""

import json

from function_app import app

bindings = {
    each.get_function_name(): [one.get_dict_repr() for one in each.get_bindings()] for each in app.get_functions()
}
print(json.dumps(bindings, default=str))
