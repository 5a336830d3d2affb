"""All that a worker imports when it starts, here so that the process that forks them has it.

The app registers its triggers by the settings it finds when it is imported. Those here are like any worker's, which
sets its own before it loads the app.
"""

import os

os.environ["EligibilityStorage"] = "UseDevelopmentStorage=true"

import azure.data.tables.aio
import azure.storage.queue.aio  # noqa: F401
import azure_functions_runtime  # noqa: F401

import function_app  # noqa: F401
