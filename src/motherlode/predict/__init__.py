"""What customers will do next: orders and features come in; forecasts with their reasons go out, and how good they are.

Models of repeat buying read counts of distinct histories, which the warehouse sums up. Other models learn from
`snapshots`, features and labels of buyers on days past; `order_backtest` asks each of them in the past, `champions`
says which one speaks, `scores` what it says of each customer, and `cautions` what to mind.
"""
