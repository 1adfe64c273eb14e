    -- Legs of device-code flows: the row where a code was typed, and the row that redeemed it.
    legs AS (
        SELECT * FROM rows
        WHERE Succeeded AND User != '' AND (Protocol = 'devicecode' OR (Transfer = 'devicecodeflow' AND Incoming IN ('', 'none')))
    ),
