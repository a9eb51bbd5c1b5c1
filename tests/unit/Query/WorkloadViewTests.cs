using NetMon.Events;
using NetMon.Query;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>The names of the owners of events in the views.</summary>
public sealed class WorkloadViewTests : IDisposable
{
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void Runs_of_a_CronJob_are_one_workload_and_units_are_distinguished_and_others_are_guessed()
    {
        Write(
            Pod("report-29393100-h2k4x", "shop/report", WorkloadKinds.CronJob), Pod("report-29393160-zx2tz", "shop/report", WorkloadKinds.CronJob),
            Sample.Unit, Sample.Unit with { Workload = "node/cron.service" }, null,
            Pod("web-5d8f7c9b6d-x2x4z", "", ""));

        Assert.Equal(
            """
            workload,connections
            node/cron.service,1
            node/curl,1
            node/sshd.service,1
            shop/report,2
            shop/web,1

            """,
            _capture.Print("SELECT workload, sum(connections)::BIGINT AS connections FROM talkers GROUP BY ALL ORDER BY workload", OutputFormat.Csv));
        Assert.Equal(
            "workload,kind,container_id\nnode/cron.service,SystemdUnit,\nnode/sshd.service,SystemdUnit,\nshop/report,CronJob,c\n",
            _capture.Print("SELECT workload, workload_kind AS kind, left(any_value(container_id), 1) AS container_id FROM hourly WHERE workload IS NOT NULL GROUP BY ALL ORDER BY workload", OutputFormat.Csv));
    }

    [Fact]
    public void A_label_is_queried_by_its_name()
    {
        Write(Sample.Container with { PodLabels = """{"team":"shop","app.kubernetes.io/name":"web"}""" }, Sample.Container with { PodLabels = "" }, null);

        Assert.Equal(
            "team,name,n\nshop,web,1\n,,2\n",
            _capture.Print("SELECT pod_label(pod_labels, 'team') AS team, pod_label(pod_labels, 'app.kubernetes.io/name') AS name, count(*) AS n FROM events GROUP BY ALL ORDER BY n", OutputFormat.Csv));
    }

    private static ContainerIdentity Pod(string name, string workload, string kind) =>
        new($"c-{name}", name, "shop", "main", "u", "i", workload, kind);

    private void Write(params ContainerIdentity?[] owners)
    {
        var sink = _capture.Open();
        sink.Write([.. owners.Select((owner, n) => Sample.Close(Sample.Hour19 + n * Sample.Second) with { Container = owner })]);
        sink.Close();
    }
}
