using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Distribution.Silos.State;

/// <summary>Connection strings of PostgreSQL, as Npgsql writes them: <c>Host=…;Database=…;Username=…;Password=…</c>.</summary>
public static class PostgresAddress
{
    /// <summary>Checks the form alone; nothing is connected.</summary>
    /// <param name="problem">What is wrong, without the value of any secret.</param>
    public static bool IsValid(string connectionString, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            Parse(connectionString);
            problem = null;
            return true;
        }
        catch (StateUnavailableException fault)
        {
            problem = fault.Message;
            return false;
        }
    }

    /// <summary>With our own settings where the text does not say otherwise: connections are kept by us, and silence is noticed.</summary>
    internal static NpgsqlConnectionStringBuilder Parse(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = new NpgsqlConnectionStringBuilder(connectionString);
        }
        catch (Exception fault) when (fault is ArgumentException or FormatException or InvalidCastException)
        {
            // Its message names the word that is wrong, and no values.
            throw new StateUnavailableException(
                $"that is no connection string such as \"Host=db.example;Database=distribution;Username=u;Password=p\": {FirstLine(fault)}"
            );
        }
        if (string.IsNullOrEmpty(settings.Host))
            throw new StateUnavailableException("the connection string names no Host");
        if (string.IsNullOrEmpty(settings.Database))
            throw new StateUnavailableException("the connection string names no Database");
        settings.Pooling = false;
        settings.Enlist = false;
        settings.ApplicationName ??= "distribution";
        if (settings.MaxAutoPrepare == 0)
        {
            settings.MaxAutoPrepare = 100;
            settings.AutoPrepareMinUsages = 2;
        }
        if (!connectionString.Contains("Timeout", StringComparison.OrdinalIgnoreCase))
            settings.Timeout = 5;
        bool isUnixSocket = settings.Host[0] is '/' or '@';
        if (settings.TcpKeepAliveTime == 0 && !isUnixSocket)
        {
            settings.TcpKeepAliveTime = 5;
            settings.TcpKeepAliveInterval = 2;
        }
        return settings;
    }

    /// <summary>For Orleans' own connections, which come and go: they are pooled.</summary>
    internal static string ForMembership(string connectionString)
    {
        NpgsqlConnectionStringBuilder settings = Parse(connectionString);
        settings.Pooling = true;
        settings.MaxPoolSize = 8;
        settings.CommandTimeout = 10;
        return settings.ConnectionString;
    }

    internal static string NameOf(NpgsqlConnectionStringBuilder settings) =>
        $"\"{settings.Database}\" at {settings.Host}:{settings.Port}";

    private static string FirstLine(Exception fault) => fault.Message.Split('\n')[0].TrimEnd('\r', '.');
}
