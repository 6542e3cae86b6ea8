"""What tensors are made of and by, what they are called, and what an error says where a followed one would leave."""
