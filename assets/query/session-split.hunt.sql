-- Candidates: sessions whose sign-ins came from two networks within a day. Which rows are whose, and whether one of the two
-- is the user or too far away, are left to scan.
WITH
--: Since Until Lag SplitGap
    Since AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
    greatest(SplitGap, 864000000000) AS Gap, -- at least the day in which a stay too far away is looked for
    placed AS (
        SELECT *, lagInFrame(Net, 1, '') OVER beforehand AS NetBefore, lagInFrame(T, 1, 0) OVER beforehand AS Before
        FROM rows WHERE Succeeded AND User != '' AND Session != '' AND Net != ''
        WINDOW beforehand AS (PARTITION BY User, Session ORDER BY T, Net ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, count() AS SignInCount, groupUniqArray(Net) AS Nets, groupUniqArray(Address) AS IPs,
    groupUniqArrayIf(Agent, Agent != '') AS UserAgents, groupUniqArray(AppId) AS AppIds, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, User, Session AS SessionId
FROM placed GROUP BY User, Session
HAVING countIf(NetBefore != '' AND NetBefore != Net AND T - Before <= Gap) > 0
ORDER BY FirstSeen
