CREATE OR REPLACE TABLE orders AS
SELECT order_id, max(customer_id) AS customer_id, min(ordered_at) AS ordered_at,
    sum(CAST(quantity * unit_price AS DECIMAL(18, 4))) AS amount, sum(quantity) AS quantity,
    count(DISTINCT product_id) AS products, max(channel) AS channel
FROM lines WHERE quantity > 0 GROUP BY order_id;

CREATE OR REPLACE TABLE features AS
WITH bought AS (
    SELECT customer_id, CAST(ordered_at AS DATE) AS day, date_diff('day', CAST(ordered_at AS DATE), DATE '2024-12-30') AS ago,
        amount, quantity, products, channel
    FROM orders
), by_orders AS (
    SELECT customer_id, min(ago) AS idle_days, max(ago) AS tenure_days, count(*) AS orders_all,
        count(*) FILTER (ago < 365) AS orders_365d, count(*) FILTER (ago < 90) AS orders_90d,
        sum(amount) AS spend_all, sum(amount) FILTER (ago < 365) AS spend_365d, sum(amount) FILTER (ago < 90) AS spend_90d,
        sum(amount) FILTER (ago BETWEEN 365 AND 729) AS spend_prior_365d, max(amount) AS largest,
        sum(amount) FILTER (ago < 91) AS recent, count(DISTINCT day) AS active_days, avg(products) AS products_per_order,
        min(day) AS first_on, max(day) AS last_on
    FROM bought GROUP BY customer_id
), by_lines AS (
    SELECT customer_id, count(DISTINCT category) FILTER (ordered_at > TIMESTAMP '2023-12-31') AS categories_365d,
        count(DISTINCT product_id) FILTER (ordered_at > TIMESTAMP '2023-12-31') AS products_365d,
        sum(quantity * unit_price) FILTER (quantity < 0) AS returned
    FROM lines GROUP BY customer_id
)
SELECT * FROM by_orders LEFT JOIN by_lines USING (customer_id);

CREATE OR REPLACE TABLE rfm AS
SELECT customer_id, ntile(5) OVER (ORDER BY idle_days DESC) AS r, ntile(5) OVER (ORDER BY orders_365d) AS f,
    ntile(5) OVER (ORDER BY spend_365d) AS m
FROM features;

CREATE OR REPLACE TABLE tiers AS
SELECT customer_id, sum(spend_365d) OVER (ORDER BY spend_365d DESC, customer_id) / sum(spend_365d) OVER () AS share
FROM features;

CREATE OR REPLACE TABLE gaps AS
SELECT customer_id, median(gap) AS cadence, avg(ln(gap)) AS log_gap
FROM (
    SELECT customer_id, date_diff('day', lag(day) OVER (PARTITION BY customer_id ORDER BY day), day) AS gap
    FROM (SELECT DISTINCT customer_id, CAST(ordered_at AS DATE) AS day FROM orders)
)
WHERE gap > 0 GROUP BY customer_id;

CREATE OR REPLACE TABLE lifecycle AS
SELECT customer_id, CASE WHEN orders_all = 0 THEN 'intro' WHEN idle_days > 5 * coalesce(cadence, 60) THEN 'lost'
    WHEN orders_all < 3 THEN 'trial' WHEN recent * 4 < 0.55 * spend_365d THEN 'decline' ELSE 'mature' END AS stage
FROM features LEFT JOIN gaps USING (customer_id);
