-- Candidates: refresh tokens that are not bound to a device, of users whose tokens of the same client mostly are. System and
-- network are left to scan.
WITH
--: Since Until Lag History
    Since - toIntervalSecond(intDiv(History, 10000000)) AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns WHERE position(ifNull(TokenProtectionStatusDetails, ''), 'bound') > 0),
--+ rows
    protected AS (
        SELECT *, lower(JSONExtractString(Protection, 'signInSessionStatus')) AS Status, replaceAll(JSONExtractRaw(Protection, 'signInSessionStatusCode'), '"', '') AS Code
        FROM rows WHERE Succeeded AND User != ''
    ),
    rule AS (
        SELECT User, AppId, count() AS Bound FROM protected
        WHERE Source != 'SigninLogs' AND Incoming IN ('refreshtoken', 'primaryrefreshtoken') AND Status = 'bound'
        GROUP BY User, AppId HAVING Bound >= 18
    )
SELECT moment(min(T)) AS FirstSeen, moment(max(T)) AS LastSeen, count() AS SignInCount, max(r.Bound) AS Bound, groupUniqArray(Address) AS IPs, groupUniqArray(Agent) AS UserAgents, max(UserId) AS UserId, max(Upn) AS UserPrincipalName, p.User AS User, p.AppId AS AppId, Session AS SessionId
FROM protected AS p INNER JOIN rule AS r ON p.User = r.User AND p.AppId = r.AppId
WHERE T >= ticks(Since) AND Incoming = 'refreshtoken' AND Status = 'unbound' AND Code IN ('1002', '1008')
GROUP BY p.User, p.AppId, Session
ORDER BY FirstSeen
