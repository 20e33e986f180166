pip install --user --no-deps bson confluent-kafka
