    -- The rows of a client in the order of time, each with those that follow within the window. Frames go by the second; the
    -- exact end is looked at after.
    followed AS (
        SELECT *, arrayFilter(next -> next.1 >= T AND next.1 <= T + Window, groupArray((T, Resource)) OVER (
            PARTITION BY User, AppId ORDER BY intDiv(T, 10000000) RANGE BETWEEN CURRENT ROW AND WindowSeconds FOLLOWING)) AS Next
        FROM rows
        WHERE Source = 'AADNonInteractiveUserSignInLogs' AND Succeeded AND User != '' AND has(Watched, AppId)
    ),
    -- The end of the window that begins with a row, if enough resources follow.
    windows AS (
        SELECT * EXCEPT Next, if(arrayUniq(arrayFilter(resource -> resource != '', arrayMap(next -> next.2, Next))) >= MinResources,
            arrayMax(arrayMap(next -> next.1, Next)), 0) AS End
        FROM followed
    ),
    -- Windows that share an instant are one burst, and a row is in it until the last of them ends.
    reached AS (
        SELECT *, max(End) OVER (PARTITION BY User, AppId ORDER BY T RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS Reach,
            End > 0 AND max(End) OVER (PARTITION BY User, AppId ORDER BY T ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < T AS Begins
        FROM windows
    ),
    begun AS (
        SELECT *, maxIf(T, Begins) OVER (PARTITION BY User, AppId ORDER BY T RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS Start FROM reached
    ),
    burstRows AS (SELECT * EXCEPT (Reach, End, Begins) FROM begun WHERE Reach >= T),
