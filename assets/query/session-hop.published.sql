-- "Detect suspicious FOCI token logins V2" in SQL, with its habit of testing the first row's result under the name
-- SecondResult. The list of family clients is the one it was published with.
WITH
--: Since Until SessionWindow AdminScopeOnly NoncompliantOnly PublishedFamily HopNames
--+ published-hops
SELECT * FROM pairs
WHERE TimeDiff >= 1 AND TimeDiff <= intDiv(SessionWindow, 600000000)
    AND has(HopNames, SecondAppDisplayName)
    AND SecondResourceIdentity = '00000002-0000-0000-c000-000000000000'
    AND SecondResult = '0'
ORDER BY FirstRequestTimeGenerated
