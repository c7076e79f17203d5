namespace Distribution.Silos.Accounts;

/// <summary>Times as the tables hold them.</summary>
internal static class Times
{
    public static DateTimeOffset Of(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
