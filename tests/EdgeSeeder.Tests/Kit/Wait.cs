namespace Distribution.EdgeSeeder.Tests.Kit;

/// <summary>Waits for what has no event; ends with a failure after ten seconds.</summary>
internal static class Wait
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(10);

    public static Task UntilAsync(Func<bool> holds) => UntilAsync(() => Task.FromResult(holds()));

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await holds())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < _patience, "It did not come to hold in time.");
            await Task.Delay(_interval);
        }
    }

    /// <summary>Until a value has not changed for half a second.</summary>
    public static async Task UntilStableAsync(Func<long> value, long atLeast)
    {
        long last = value();
        long since = TimeProvider.System.GetTimestamp();
        long started = since;
        while (last < atLeast || TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMilliseconds(500))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < _patience, "It did not come to rest in time.");
            await Task.Delay(_interval);
            if (value() is var now && now != last)
                (last, since) = (now, TimeProvider.System.GetTimestamp());
        }
    }
}
