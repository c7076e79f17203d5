using Distribution.Contracts.Accounts;
using Distribution.Dashboard.Access;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Distribution.Dashboard.Tests.Access;

public class PasswordTurnsTests
{
    [Fact]
    public async Task A_name_has_one_turn_at_a_time_whatever_its_case()
    {
        using var turns = new PasswordTurns();
        IDisposable first = await turns.TakeAsync("ada");

        Task<IDisposable> second = turns.TakeAsync("ADA");
        Assert.False(second.IsCompleted);
        first.Dispose();

        (await second).Dispose();
    }

    [Fact]
    public void Nobodys_password_costs_what_somebodys_does_and_fits_nothing()
    {
        var hasher = new PasswordHasher<Account>(
            Options.Create(new PasswordHasherOptions { IterationCount = PasswordTurns.Iterations })
        );

        Assert.Equal(
            PasswordVerificationResult.Failed,
            hasher.VerifyHashedPassword(new Account(), PasswordTurns.NobodysHash, "")
        );
        // The count stands after the format (1 byte) and the function (4), most significant byte first.
        byte[] hash = Convert.FromBase64String(PasswordTurns.NobodysHash);
        Assert.Equal(
            PasswordTurns.Iterations,
            System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(5))
        );
    }
}
