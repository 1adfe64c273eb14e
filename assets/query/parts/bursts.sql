    exchanged AS (
        SELECT * FROM rows
        WHERE Source = 'AADNonInteractiveUserSignInLogs' AND Succeeded AND User != '' AND has(Watched, AppId)
    ),
    -- Each time from which on enough resources follow within the window; End is that window's last event.
    windows AS (
        SELECT a.User AS User, a.AppId AS AppId, a.T AS T, uniqExactIf(b.Resource, b.Resource != '') AS Found, max(b.T) AS End
        FROM (SELECT DISTINCT User, AppId, T, arrayJoin([intDiv(T, Window), intDiv(T, Window) + 1]) AS Bin FROM exchanged) AS a
        INNER JOIN (SELECT User, AppId, T, Resource, intDiv(T, Window) AS Bin FROM exchanged) AS b
            ON a.User = b.User AND a.AppId = b.AppId AND a.Bin = b.Bin
        WHERE b.T >= a.T AND b.T <= a.T + Window
        GROUP BY a.User, a.AppId, a.T
        HAVING Found >= MinResources
    ),
    -- Windows that share an instant are one burst.
    begun AS (
        SELECT *, max(End) OVER (PARTITION BY User, AppId ORDER BY T ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < T AS Begins
        FROM windows
    ),
    numbered AS (
        SELECT *, sum(Begins) OVER (PARTITION BY User, AppId ORDER BY T ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS Number
        FROM begun
    ),
    bursts AS (SELECT User, AppId, Number, min(T) AS Start, max(End) AS Reach FROM numbered GROUP BY User, AppId, Number),
    burstRows AS (
        SELECT e.*, b.Start AS Start
        FROM exchanged AS e INNER JOIN bursts AS b ON e.User = b.User AND e.AppId = b.AppId
        WHERE e.T BETWEEN b.Start AND b.Reach
    ),
