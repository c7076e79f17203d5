using Distribution.EndToEnd.Tests.Harness;

namespace Distribution.EndToEnd.Tests.Clients;

/// <summary>A folder of npm packages under tests, of the versions that its package-lock.json names; installed once.</summary>
internal sealed class NodePackages
{
    private readonly Lazy<Task> _installed;

    /// <param name="name">The folder's.</param>
    public NodePackages(string name)
    {
        Folder = Path.Combine(Repository.Root, "tests", name);
        _installed = new Lazy<Task>(InstallAsync);
    }

    public string Folder { get; }

    /// <summary>Starts one of the small programs that drive them.</summary>
    public async Task<RunningProgram> StartAsync(string script, params string[] arguments)
    {
        await RequireAsync();
        return RunningProgram.Start("node", [Path.Combine(Folder, script), .. arguments], Folder);
    }

    /// <summary>Returns when they are there.</summary>
    public async Task RequireAsync()
    {
        Requires.Program("node");
        Requires.Program("npm");
        await _installed.Value;
    }

    private async Task InstallAsync()
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
