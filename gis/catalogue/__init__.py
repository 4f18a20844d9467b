"""The county's folder of layers, targets and rules, read and checked."""
