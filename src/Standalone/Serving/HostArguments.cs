namespace Distribution.Standalone.Serving;

/// <summary>What .NET's host is told before it reads anything.</summary>
internal static class HostArguments
{
    /// <summary>
    /// Settings are read at the start alone. Else the host watches its whole folder for a changed appsettings.json: it wakes at each write of
    /// a database or cache below it, and does not start where the system's inotify instances are used up.
    /// </summary>
    public static string[] ReadSettingsOnce => ["--hostBuilder:reloadConfigOnChange=false"];
}
