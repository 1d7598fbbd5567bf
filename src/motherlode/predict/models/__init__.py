"""One model a file: a function of the columns that are seen, which gives an estimator of a label.

Rules and models of repeat buying stand beside the learners, so that every backtest shows what learning adds.
"""
