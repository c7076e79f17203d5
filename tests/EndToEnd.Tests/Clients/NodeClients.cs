using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>Clients from npm, of the versions that tests/Clients/package-lock.json names; installed once.</summary>
internal static class NodeClients
{
    private static readonly Lazy<Task> Installed = new(InstallAsync);

    private static string Folder => Path.Combine(Repository.Root, "tests", "Clients");

    /// <summary>Starts one of the small programs that drive them.</summary>
    public static async Task<RunningProgram> StartAsync(string script, params string[] arguments)
    {
        Requires.Program("node");
        Requires.Program("npm");
        await Installed.Value;
        return RunningProgram.Start("node", [Path.Combine(Folder, script), .. arguments], Folder);
    }

    private static async Task InstallAsync()
    {
        // npm writes this file last: a broken install leaves none.
        var mark = new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        var locked = new FileInfo(Path.Combine(Folder, "package-lock.json"));
        if (mark.Exists && mark.LastWriteTimeUtc >= locked.LastWriteTimeUtc)
            return;
        await using RunningProgram npm = RunningProgram.Start("npm", ["ci", "--loglevel=error"], Folder);
        int status = await npm.ExitAsync(TimeSpan.FromMinutes(3));
        Assert.True(status == 0, npm.Transcript());
        File.SetLastWriteTimeUtc(mark.FullName, TimeProvider.System.GetUtcNow().UtcDateTime);
    }
}
