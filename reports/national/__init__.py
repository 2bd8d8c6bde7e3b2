"""The national half-month form (“双减”工作专项督导半月报): 21 items, declared and computed."""
