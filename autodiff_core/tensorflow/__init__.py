"""What is TensorFlow's alone: its names for rows (`math`, `nn`, `linalg`, `signal`), and what it has beside them."""
