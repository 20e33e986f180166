pip install --user --no-deps confluent-kafka
