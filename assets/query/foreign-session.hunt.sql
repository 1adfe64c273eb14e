-- Candidates: sessions that began in a network from which the user did not sign in on two days before, where seven days show
-- it; of sign-ins without a session, those of a day from one network. What else speaks for a theft is left to scan.
WITH
--: Since Until Lag History BaselineUntil MicrosoftNetworks ServiceClients
    Since - toIntervalSecond(intDiv(History, 10000000)) AS Earliest,
--+ values
--+ sign-ins
    chosen AS (SELECT * FROM signIns),
--+ rows
--+ days
    firsts AS (
        SELECT User, Session, min(T) AS First, max(T) AS Last, count() AS SignInCount,
            argMin((Source, Incoming, Net, Address, Agent, AppId, UserId, Upn), (T, Arrived, Id)) AS Row
        FROM rows WHERE Succeeded AND User != '' GROUP BY User, Session,
            -- What a service does is no begin of the user's.
            if(Session = '', (Net, intDiv(T, 864000000000), Agent = '' OR has(ServiceClients, AppId)), ('', 0, false))
        HAVING First >= ticks(Since) AND Row.3 != '' AND (Row.1 = 'SigninLogs' OR Row.2 = 'none')
    )
SELECT moment(First) AS FirstSeen, moment(Last) AS LastSeen, SignInCount, Row.3 AS Net, Row.4 AS IPAddress, Row.5 AS UserAgent, Row.6 AS AppId, Row.7 AS UserId,
    Row.8 AS UserPrincipalName, User, Session AS SessionId, uniqExact(Day) AS DaysBefore, uniqExactIf(Day, DayNet = Net AND Firm) AS DaysThere
FROM firsts INNER JOIN own ON firsts.User = own.User
WHERE Day < intDiv(First, 864000000000)
GROUP BY First, Last, SignInCount, Row, User, Session
HAVING DaysBefore >= 7 AND DaysThere < 2
ORDER BY FirstSeen
