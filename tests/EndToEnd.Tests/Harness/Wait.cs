using System.Diagnostics;

namespace Distribution.EndToEnd.Tests.Harness;

/// <summary>Waits for what a program does, with a deadline that says what did not happen.</summary>
internal static class Wait
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Asks until the answer is true.</summary>
    public static Task UntilAsync(Func<Task<bool>> happened, TimeSpan limit, string what) =>
        ForAsync(async () => await happened() ? "" : null, limit, what);

    /// <summary>Asks until there is an answer, and gives it.</summary>
    public static async Task<T> ForAsync<T>(Func<Task<T?>> ask, TimeSpan limit, string what)
        where T : class
    {
        var time = Stopwatch.StartNew();
        while (true)
        {
            if (await ask() is { } answer)
                return answer;
            if (time.Elapsed > limit)
                throw new TimeoutException($"Within {limit.TotalSeconds} s this did not happen: {what}.");
            await Task.Delay(Interval, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Awaits a task for at most <paramref name="limit"/>.</summary>
    public static async Task<T> WithinAsync<T>(this Task<T> task, TimeSpan limit, string what)
    {
        try
        {
            return await task.WaitAsync(limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Within {limit.TotalSeconds} s this did not happen: {what}.");
        }
    }
}
