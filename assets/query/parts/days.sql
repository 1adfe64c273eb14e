    -- Days on which each user signed in from each network.
    own AS (
        -- A service's row without a number may be from Microsoft's ranges, which only scan knows: no habit.
        SELECT DISTINCT User, Net AS DayNet, intDiv(T, 864000000000) AS Day,
            startsWith(Net, 'AS') OR NOT (Agent = '' OR has(ServiceClients, AppId)) AS Firm FROM rows
        WHERE Succeeded AND User != '' AND Net != '' AND T < ticks(BaselineUntil)
            AND NOT (startsWith(Net, 'AS') AND has(MicrosoftNetworks, substring(Net, 3)) AND (Agent = '' OR has(ServiceClients, AppId)))
    ),
