pip install --user --no-deps starlette uvicorn
