using Distribution.Contracts.Accounts;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Distribution.Dashboard.Access;

/// <summary>Who may try a password now: one request a name, and few at a time, since each costs a tenth of a second of a core.</summary>
internal sealed class PasswordTurns : IDisposable
{
    private const int Stripes = 64;
    private const int MostAtOnce = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Of a password that nobody has.</summary>
    public static readonly string NobodysHash = new PasswordHasher<Account>(
        Options.Create(new PasswordHasherOptions { IterationCount = Iterations })
    ).HashPassword(new Account(), Secrets.Create());

    /// <summary>Of PBKDF2 with SHA-512.</summary>
    public const int Iterations = 210_000;

    private readonly SemaphoreSlim[] _names = [.. Enumerable.Range(0, Stripes).Select(_ => new SemaphoreSlim(1, 1))];
    private readonly SemaphoreSlim _all = new(MostAtOnce, MostAtOnce);

    /// <exception cref="TimeoutException">Too many are before it.</exception>
    public async Task<IDisposable> TakeAsync(string name)
    {
        int stripe = (int)((uint)string.GetHashCode(name, StringComparison.OrdinalIgnoreCase) % Stripes);
        if (!await _names[stripe].WaitAsync(Patience))
            throw new TimeoutException("Too many sign-ins of that name at once.");
        if (!await _all.WaitAsync(Patience))
        {
            _names[stripe].Release();
            throw new TimeoutException("Too many sign-ins at once.");
        }
        return new Turn(this, stripe);
    }

    public void Dispose()
    {
        foreach (SemaphoreSlim name in _names)
            name.Dispose();
        _all.Dispose();
    }

    private sealed class Turn(PasswordTurns turns, int stripe) : IDisposable
    {
        public void Dispose()
        {
            turns._all.Release();
            turns._names[stripe].Release();
        }
    }
}
